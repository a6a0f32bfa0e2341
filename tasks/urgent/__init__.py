"""«Срочно»: a correction that goes out before it is approved, and is approved afterwards."""
