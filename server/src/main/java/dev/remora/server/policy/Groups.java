package dev.remora.server.policy;

import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.LongStream;

/// All groups, and who sees whom among them: decided once for each pair of kinds, not of nodes.
final class Groups {
    private final Map<Signature, Group> bySignature = new HashMap<>();
    private final Map<Integer, Group> byIndex = new HashMap<>();
    private final BitSet taken = new BitSet();

    /// The ids in some groups, in order; dropped when one of the groups changes.
    private final Map<BitSet, long[]> rosters = new HashMap<>();

    private long rostersMade;

    /// How often a list of ids was put together.
    long rostersMade() {
        return rostersMade;
    }

    Collection<Group> all() {
        return byIndex.values();
    }

    /// The group of these nodes, with one more member.
    Group enter(Signature signature, long id) {
        Group group = bySignature.computeIfAbsent(signature, this::found);
        group.members.add(id);
        forgetRosters(group);
        return group;
    }

    /// Takes a member out, and the group with its last.
    void leave(Group group, long id) {
        group.members.remove(id);
        forgetRosters(group);
        if (group.members.isEmpty()) {
            bySignature.remove(group.signature);
            byIndex.remove(group.index);
            taken.clear(group.index);
            all().forEach(other -> other.sees.clear(group.index));
        }
    }

    private Group found(Signature signature) {
        Group group = new Group(taken.nextClearBit(0), signature);
        taken.set(group.index);
        byIndex.put(group.index, group);
        for (Group other : all()) {
            if (signature.sees(other.signature)) {
                group.sees.set(other.index);
                other.sees.set(group.index);
            }
        }
        return group;
    }

    void forEachMember(BitSet groups, Consumer<Long> action) {
        groups.stream()
                .mapToObj(byIndex::get)
                .filter(group -> group != null)
                .forEach(group -> group.members.forEach(action));
    }

    /// The nodes that this group's members see, each without itself.
    long[] roster(Group group) {
        long[] known = rosters.get(group.sees);
        if (known != null) {
            return known;
        }
        rostersMade++;
        LongStream.Builder ids = LongStream.builder();
        forEachMember(group.sees, ids::add);
        long[] roster = ids.build().sorted().toArray();
        rosters.put((BitSet) group.sees.clone(), roster);
        return roster;
    }

    private void forgetRosters(Group group) {
        rosters.keySet().removeIf(groups -> groups.get(group.index));
        if (rosters.size() > 2 * byIndex.size() + 16) {
            rosters.clear(); // of sets of groups that nobody sees any more
        }
    }

    /// Adds the members of the groups that see what they did not see before, or no longer what they did.
    void addDifference(BitSet before, BitSet after, Set<Long> ids) {
        BitSet different = (BitSet) before.clone();
        different.xor(after);
        forEachMember(different, ids::add);
    }
}
