"""The customers of the sample company: invented, every one of them."""
