"""What letters say of the coupons they carry."""
