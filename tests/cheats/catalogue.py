"""All attacks on the judge, the machine and other submissions."""

import attacks
import of_one_user

ATTACKS = (*of_one_user.ATTACKS, *attacks.ATTACKS)
