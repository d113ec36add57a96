package dev.remora.server.policy;

import dev.remora.base.IpAddress;
import dev.remora.base.IpPrefix;
import dev.remora.base.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Reads the names of whom and what rules speak of.
final class AliasReader {
    /// Where an alias stands, which decides what it may be.
    enum Use {
        SOURCE("a source"),
        DESTINATION("a destination"),
        NODE_ATTRIBUTE_TARGET("a target of nodeAttrs"),
        OWNER("an owner or approver"),
        SSH_SOURCE("a source of SSH"),
        SSH_DESTINATION("a destination of SSH"),
        TEST_DESTINATION("a destination of a test");

        private final String words;

        Use(String words) {
            this.words = words;
        }
    }

    private final Names names;
    private final Problems problems;

    AliasReader(Names names, Problems problems) {
        this.names = names;
        this.problems = problems;
    }

    /// A list of aliases; the wrong ones are left out, with a problem each.
    List<Alias> list(Fields fields, String name, Use use) {
        List<Alias> aliases = new ArrayList<>();
        for (HuJson.Text text : fields.texts(name)) {
            Alias alias = read(text.at(), text.text(), use);
            if (alias != null) {
                aliases.add(alias);
            }
        }
        return aliases;
    }

    @Nullable Alias read(Place at, String text, Use use) {
        try {
            Alias alias = parse(at, text.strip(), use);
            if (!isAllowed(alias, use)) {
                throw new MalformedException("\"" + text + "\" cannot be " + use.words);
            }
            return alias;
        } catch (MalformedException e) {
            problems.add(at, e.reason());
            return null;
        }
    }

    private Alias parse(Place at, String text, Use use) throws MalformedException {
        if (text.equals("*")) {
            return new Alias.Everything();
        } else if (text.startsWith("autogroup:")) {
            return autogroup(text, use);
        } else if (text.startsWith("group:")) {
            return group(text, use);
        } else if (text.startsWith("tag:")) {
            return tag(text);
        } else if (text.indexOf('@') >= 0) {
            return new Alias.Users(new TreeSet<>(List.of(user(at, text))));
        }
        return new Alias.Network(network(text, use));
    }

    private static Alias autogroup(String text, Use use) throws MalformedException {
        return switch (text) {
            case "autogroup:member" -> new Alias.Members();
            case "autogroup:tagged" -> new Alias.Tagged();
            case "autogroup:self" -> new Alias.Self();
            case "autogroup:internet" -> new Alias.Internet();
            case "autogroup:danger-all" -> new Alias.Anyone();
            case "autogroup:nonroot" ->
                    throw new MalformedException("\"" + text + "\" cannot be " + use.words);
            default ->
                    throw new MalformedException(
                            "there is no \""
                                    + text
                                    + "\" here; there are autogroup:member, tagged, self, internet and danger-all");
        };
    }

    private Alias group(String text, Use use) throws MalformedException {
        SortedSet<String> members = names.groups.get(text);
        if (members == null) {
            throw new MalformedException("\"" + text + "\" is not among the groups");
        }
        if (use == Use.SSH_DESTINATION) {
            throw new MalformedException("a group cannot be " + use.words);
        }
        return new Alias.Users(members);
    }

    private Alias tag(String text) throws MalformedException {
        if (!names.tags.containsKey(text)) {
            throw new MalformedException("\"" + text + "\" is not among the tagOwners");
        }
        return new Alias.Tag(text);
    }

    /// A user's name, remembered with its first place.
    String user(Place at, String text) throws MalformedException {
        if (!Names.isUser(text)) {
            throw new MalformedException(
                    "a user is written name@ or name@domain, not \"" + text + "\"");
        }
        String name = Names.ofUser(text);
        names.users.putIfAbsent(name, at);
        return name;
    }

    private IpPrefix network(String text, Use use) throws MalformedException {
        Optional<IpPrefix> named = Optional.ofNullable(names.hosts.get(text));
        if (use == Use.OWNER) {
            return named.orElseThrow(() ->
                    new MalformedException(
                            "\"" + text + "\" is neither a user nor a group nor a tag"));
        }
        // an address is one also where a host has it for a name
        return addressIn(text)
                .or(() -> named)
                .orElseThrow(() ->
                        new MalformedException(
                                "\""
                                        + text
                                        + "\" is not among the hosts, and no address; a user has an @"));
    }

    private static Optional<IpPrefix> addressIn(String text) {
        try {
            return Optional.of(networkOf(text));
        } catch (MalformedException e) {
            return Optional.empty();
        }
    }

    /// Reads an address or a prefix, whose host bits do not count.
    static IpPrefix networkOf(String text) throws MalformedException {
        return text.indexOf('/') < 0
                ? IpPrefix.single(IpAddress.parse(text))
                : IpPrefix.parse(text).masked();
    }

    private static boolean isAllowed(Alias alias, Use use) {
        return switch (alias) {
            case Alias.Users users -> true;
            case Alias.Tag tag -> true;
            case Alias.Members members -> use != Use.OWNER;
            case Alias.Tagged tagged -> use != Use.OWNER;
            case Alias.Everything everything -> !isStrict(use);
            case Alias.Network network -> !isStrict(use);
            case Alias.Self self -> use == Use.DESTINATION || use == Use.SSH_DESTINATION;
            case Alias.Internet internet -> use == Use.DESTINATION;
            case Alias.Anyone anyone -> use == Use.SOURCE;
        };
    }

    private static boolean isStrict(Use use) {
        return use == Use.OWNER || use == Use.SSH_SOURCE || use == Use.SSH_DESTINATION;
    }
}
