"""The second runner of the small catalogue; started as `python -m tests.deployments.fake_bulk_runner`."""

import warnings

from deployments.entries import BULK
from deployments.runner import main
from tests.deployments.fake_runner import BULKY, catalogue

if __name__ == "__main__":
    warnings.simplefilter("default")
    main(catalogue, BULK, BULKY)
