package dev.remora.server.policy;

import dev.remora.proto.control.FilterRule;
import java.util.BitSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The nodes that are alike.
final class Group {
    /// Its number, free again when its last member has gone.
    final int index;

    final Signature signature;

    /// The numbers of the groups whose members it sees, perhaps its own.
    final BitSet sees = new BitSet();

    final NavigableSet<Long> members = new TreeSet<>();

    /// What its members let in; absent when it has to be compiled again.
    @Nullable Filter filter;

    Group(int index, Signature signature) {
        this.index = index;
        this.signature = signature;
    }

    /// What a group's members let in.
    ///
    /// @param clauses with sources as of now, in the order of the policy
    /// @param shared what they come to, where that is the same for all members
    record Filter(List<FilterWriter.Clause> clauses, @Nullable List<FilterRule> shared) {
        /// @param any one of the members
        static Filter of(List<FilterWriter.Clause> clauses, Standing any) {
            boolean same = clauses.stream().allMatch(c -> FilterWriter.isSameForAll(c.rule()));
            return new Filter(List.copyOf(clauses), same ? FilterWriter.write(clauses, any) : null);
        }

        List<FilterRule> rulesOf(Standing member) {
            return shared != null ? shared : FilterWriter.write(clauses, member);
        }
    }
}
