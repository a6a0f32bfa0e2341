"""Passkeys: questions put to browsers, and the keys that answered one."""
