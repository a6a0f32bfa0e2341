"""What the analysis of coupons leaves behind: facts in the registry, and money given off charged to its fund."""
