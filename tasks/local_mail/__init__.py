"""The mail of this machine: letters that local mailers put into a folder, opened, answered and sent back."""
