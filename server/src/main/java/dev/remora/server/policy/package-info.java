/// Who may open what: the access policy that a tailnet's owner writes as one HuJSON document.
///
/// [Policy] is the document, read and checked as a whole: a wrong one is refused with every problem's line, column and
/// cause ([PolicyException]), and what is not implemented is refused too, since a restriction that is ignored opens the
/// network. [AccessRules] is a policy applied to the users and nodes there are now, and kept up to date node by node.
/// [View] is the answer for one node: the filter it enforces, the peers it may know, the routes it may use.
///
/// ```
/// text ── HuJsonReader ── PolicyReader ── Policy ── AccessRules ── View
/// ```
///
/// Nodes that are sources and destinations of the same rules have one [Signature] and are one [Group]. Who sees whom is
/// decided between groups, not between nodes, and a group's filter is compiled again only when the addresses of a source
/// in it change ([AddressBook]).
///
/// Nothing here does I/O, knows a clock or starts a thread.
@NullMarked
package dev.remora.server.policy;

import org.jspecify.annotations.NullMarked;
