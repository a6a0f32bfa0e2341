"""What is counted: views of pages by the page's key, clicks on short links by their code. Pure."""

VIEW = "view"
CLICK = "click"
FRONT_PAGE = "front"
