"""Standing mailings that no person begins: a letter joins whenever something happens, as when somebody subscribes."""
