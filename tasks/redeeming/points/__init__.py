"""Points that offers give: on the client's account with the redemption, and off it with the return."""
