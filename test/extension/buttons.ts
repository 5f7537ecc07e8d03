/** The dialog's buttons as an English-speaking person reads them. */
export const DENY = 'Deny';
export const APPROVE = 'Approve';
export const APPROVE_WITH_REASON = 'Approve with a Reason…';
export const NOT_A_RISK = 'Not a Risk…';
export const DENY_ALL = 'Deny All';
export const REVIEW_EACH = 'Review Each';
