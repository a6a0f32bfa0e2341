"""Whatever an API, or somebody in its name, may say one day."""

from hypothesis import strategies as st

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2**70) | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["id", "result", "error", "code", "errors", "message", "email_id", "sms_id", "status", "name", "_id", "email",
         "BulkEmailEntryResults", "Status", "MessageId", "access_token", "expires_in", "items", "paging", "statuses",
         "error_code", "success", "reject_reason"]), inner, max_size=4),
    max_leaves=10,
)  # fmt: skip
