"""No isolation: nothing but resource limits. Fit for one's own code alone, so only ever on demand."""

from grader.sandbox.kernel.resource_limits import apply_in_child, volunteer_to_be_killed
from grader.sandbox.limits import Limits
from grader.sandbox.tiers.choice import UNCONFINED, WHY_UNCONFINED
from grader.sandbox.tiers.sharing_user import SharingUser, work_in
from grader.sandbox.visible_files import VisibleFiles


class Unconfined(SharingUser):
    name = UNCONFINED

    def dry_run(self, root: str, files: VisibleFiles) -> str:
        return WHY_UNCONFINED

    def confine(self, folder: str | None, limits: Limits, device: str) -> str:
        folder = work_in(folder)
        volunteer_to_be_killed()
        apply_in_child(limits, cap_address_space=device == "cpu")
        return folder


TIER = Unconfined
