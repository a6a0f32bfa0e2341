"""What each method of the VK API does; `wall.post` is `wall_post`."""

from collections.abc import Callable
from typing import Any

from tests.servers.calls import Call, Refusal
from tests.servers.contract import Wrong
from tests.servers.journal import Accepted
from tests.servers.vk_wall import Comment, Post, Walls

PAGE = 100
POSTS_BY_ID = 100
CAPTION_MAX = 2048
DAY = 24 * 3600
Values = dict[str, Any]
Take = Callable[[Call, str, str, tuple[str, ...], tuple[str, ...]], Accepted]


class Methods:
    """The methods. Each takes the call and its typed values, and gives what stands under `response`."""

    def __init__(self, walls: Walls, user: int, now: Callable[[], float], take: Take, url: Callable[[], str]) -> None:
        self.walls = walls
        self.user = user
        self.now = now
        self.take = take
        self.url = url
        self.posts_per_day: int | None = 50
        self.text_max: int | None = None
        self.made: dict[tuple[int, int], Accepted] = {}

    # posts

    def wall_post(self, call: Call, values: Values) -> Values:
        """Publish once per `guid`: within an hour the same key gives the same post."""
        owner = values.get("owner_id", self.user)
        group = self.walls.wall(owner)
        if "post_id" in values:
            return self._publish_now(call, owner, values["post_id"])
        repeated = self.walls.repeated(owner, values.get("guid", ""), self.now())
        if repeated is not None:
            self.made[owner, repeated].repeats += 1
            return {"post_id": repeated}
        self._content(values)
        self._allow(owner, group)
        post = self._new(owner, values)
        self.walls.posts[owner, post.id] = post
        self.walls.guids[owner, post.guid] = (self.now(), post.id)
        digests = self.walls.digests(post.attachments)
        self.made[owner, post.id] = self.take(call, str(owner), post.text, digests, (str(post.id),))
        return {"post_id": post.id}

    def wall_edit(self, call: Call, values: Values) -> Values:
        """Replace text and attachments: what is not given again is gone."""
        post = self._mine(values)
        self._content(values)
        post.text = values.get("message", "")
        post.attachments = values.get("attachments", [])
        post.edited = int(self.now())
        post.ads = values.get("mark_as_ads", post.ads)
        post.copyright = values.get("copyright", post.copyright)
        return {"post_id": post.id}

    def wall_delete(self, call: Call, values: Values) -> int:
        post = self._mine(values)
        del self.walls.posts[post.owner, post.id]
        return 1

    def wall_getById(self, call: Call, values: Values) -> Values:
        """Posts that are not there are left out, in silence."""
        if len(values["posts"]) > POSTS_BY_ID:
            raise Wrong("posts", f"has {len(values['posts'])} items, more than {POSTS_BY_ID}")
        ids = [(int(name.split("_")[0]), int(name.split("_")[1])) for name in values["posts"]]
        found = [self.walls.posts[each] for each in ids if each in self.walls.posts]
        for post in found:
            post.goes_out(self.now())
        return self._shown(found, values)

    def wall_get(self, call: Call, values: Values) -> Values:
        if values.get("count", 20) > PAGE:
            raise Wrong("count", f"is more than {PAGE}")
        owner = values.get("owner_id", self.user)
        if "domain" in values:
            owner = -int(self.walls.group(values["domain"])["id"])
        posts = self.walls.on(owner, self.now(), values.get("filter") == "postponed")
        start = values.get("offset", 0)
        return {"count": len(posts)} | self._shown(posts[start : start + values.get("count", 20)], values)

    # comments

    def wall_getComments(self, call: Call, values: Values) -> Values:
        post = self._commented(values)
        if values.get("count", 10) > PAGE:
            raise Wrong("count", f"is more than {PAGE}")
        newest_first = values.get("sort") == "desc"
        ordered = sorted(post.comments.values(), key=lambda comment: comment.id, reverse=newest_first)
        start = values.get("offset", 0)
        page = ordered[start : start + values.get("count", 10)]
        items = [comment.shown(post.owner, post.id, values.get("need_likes", False)) for comment in page]
        more = self._people(values)
        return {"count": len(ordered), "items": items, "current_level_count": len(ordered), "can_post": True} | more

    def wall_createComment(self, call: Call, values: Values) -> Values:
        post = self._commented(values)
        if post.closed:
            raise Refusal(213, "Access to status replies denied")
        if not values.get("message") and not values.get("attachments"):
            raise Wrong("message", "is missing, and attachments too")
        repeated = self.walls.repeated(post.owner, f"comment:{values.get('guid', '')}", self.now())
        if repeated is not None and "guid" in values:
            return {"comment_id": repeated, "parents_stack": []}
        author = -values["from_group"] if values.get("from_group") else self.user
        made = self.comment(post, values.get("message", ""), author, values.get("reply_to_comment", 0))
        if "guid" in values:
            self.walls.guids[post.owner, f"comment:{values['guid']}"] = (self.now(), made.id)
        return {"comment_id": made.id, "parents_stack": []}

    def comment(self, post: Post, text: str, author: int, reply_to: int = 0) -> Comment:
        made = Comment(self.walls.next_id(post.owner), author, text, int(self.now()), reply_to)
        post.comments[made.id] = made
        return made

    # photos

    def photos_getWallUploadServer(self, call: Call, values: Values) -> Values:
        group = values.get("group_id", 0)
        self.walls.wall(-group)
        more = {"group_id": group} if group else {}
        return {"album_id": -14, "upload_url": f"{self.url()}/upload?group={group}", "user_id": self.user} | more

    def photos_saveWallPhoto(self, call: Call, values: Values) -> list[Values]:
        owner = -values["group_id"] if values.get("group_id") else values.get("user_id", self.user)
        self.walls.wall(owner)
        if len(values.get("caption", "")) > CAPTION_MAX:
            raise Wrong("caption", f"is longer than {CAPTION_MAX}")
        return [self.walls.save(owner, values, self.now()).shown(self.url())]

    # numbers

    def stats_getPostReach(self, call: Call, values: Values) -> list[Values]:
        self.walls.wall(values["owner_id"])
        found = [self.walls.posts.get((values["owner_id"], number)) for number in values["post_ids"]]
        return [{"post_id": post.id, **post.reach} for post in found if post and post.reach]

    def stats_get(self, call: Call, values: Values) -> list[Values]:
        group = self.walls.group(values.get("group_id", 0))
        self.walls.wall(-group["id"])
        return [dict(period) for period in group["stats"]]

    def groups_getById(self, call: Call, values: Values) -> Values:
        names = values.get("group_ids") or [values.get("group_id", 0)]
        return {"groups": [self._group(self.walls.group(name), values) for name in names], "profiles": []}

    def groups_getMembers(self, call: Call, values: Values) -> Values:
        group = self.walls.group(values.get("group_id", 0))
        start, count = values.get("offset", 0), values.get("count", 1000)
        if "fields" in values or "filter" in values:
            raise Refusal(33, "Not implemented yet: fields and filter are not emulated here")
        ids = range(1, group["members"] + 1)[start : start + count]
        return {"count": group["members"], "items": list(ids)}

    def utils_getServerTime(self, call: Call, values: Values) -> int:
        return int(self.now())

    def users_get(self, call: Call, values: Values) -> list[Values]:
        ids = [number for number in values.get("user_ids", [self.user]) if isinstance(number, int)]
        return [self._person(number) for number in ids]

    # parts of the above

    def _content(self, values: Values) -> None:
        if not values.get("message") and not values.get("attachments"):
            raise Wrong("message", "is missing, and attachments too")
        if self.text_max is not None and len(values.get("message", "")) > self.text_max:
            raise Wrong("message", f"is longer than {self.text_max}")
        self.walls.attached(values.get("attachments", []))

    def _allow(self, owner: int, group: Values) -> None:
        if not group["may_post"]:
            raise Refusal(214, "Access to adding post denied")
        if self.posts_per_day is not None and self._today(owner) >= self.posts_per_day:
            raise Refusal(214, f"Access to adding post denied: you can only add {self.posts_per_day} posts a day")

    def _today(self, owner: int) -> int:
        return sum(post.owner == owner and self.now() - post.date < DAY for post in self.walls.posts.values())

    def _new(self, owner: int, values: Values) -> Post:
        now = self.now()
        later = values.get("publish_date")
        if later is not None and later <= now:
            raise Wrong("publish_date", "is not in the future")
        return Post(
            id=self.walls.next_id(owner),
            owner=owner,
            author=owner if values.get("from_group") else self.user,
            text=values.get("message", ""),
            attachments=values.get("attachments", []),
            date=later or int(now),
            guid=values.get("guid", ""),
            ads=values.get("mark_as_ads", False),
            copyright=values.get("copyright", ""),
            postponed=later is not None,
            closed=values.get("close_comments", False),
        )

    def _publish_now(self, call: Call, owner: int, number: int) -> Values:
        post = self.walls.post(owner, number)
        if post.postponed:
            post.postponed, post.date = False, int(self.now())
        return {"post_id": post.id}

    def _mine(self, values: Values) -> Post:
        owner = values.get("owner_id", self.user)
        self.walls.wall(owner)
        return self.walls.post(owner, values.get("post_id", 0), (210, "Access to wall's post denied"))

    def _commented(self, values: Values) -> Post:
        owner = values.get("owner_id", self.user)
        return self.walls.post(owner, values.get("post_id", 0), (212, "Access to post comments denied"))

    def _shown(self, posts: list[Post], values: Values) -> Values:
        return {"items": [self.walls.shown(post, self.url()) for post in posts]} | self._people(values)

    def _people(self, values: Values) -> Values:
        if not values.get("extended"):
            return {}
        return {
            "profiles": [self._person(self.user)],
            "groups": [self._group(g, {}) for g in self.walls.groups.values()],
        }

    def _group(self, group: Values, values: Values) -> Values:
        more = {"members_count": group["members"]} if "members_count" in values.get("fields", ()) else {}
        head = {"id": group["id"], "name": group["name"], "screen_name": group["screen_name"]}
        return head | {"is_closed": 0, "type": "page", "is_admin": int(group["admin"])} | more

    def _person(self, number: int) -> Values:
        return {"id": number, "first_name": f"Person {number}", "last_name": "", "is_closed": False}
