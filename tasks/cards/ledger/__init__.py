"""What people and erasure do to the ledger of points, beside what tills do."""
