"""The order book: orders of the desk written down before they are carried out, once each, and shown in Prefect."""
