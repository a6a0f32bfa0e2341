"""Loading what people keep in the company's folder: the content plan with its pieces, the product feeds."""
