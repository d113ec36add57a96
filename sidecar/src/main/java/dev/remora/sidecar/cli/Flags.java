package dev.remora.sidecar.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The flags of one command, with the syntax of Go's `flag` package, which scripts written for `tailscale` rely on: one dash or two, `--flag=value` or
/// `--flag value`, booleans only with `=`, and the first word that is no flag ends them, as `--` does. Unlike there, a flag may be given only once.
///
/// [#mixed] flags have the syntax that most other programs share instead.
public final class Flags {
    /// One flag: its first value, and what a given text is turned into, or refused by an [IllegalArgumentException] that says why.
    ///
    /// @param isBoolean may stand without a value
    /// @param shownDefault what help says the default is; empty: nothing
    public record Flag(
            String name,
            String initial,
            boolean isBoolean,
            String help,
            String shownDefault,
            UnaryOperator<String> reader) {}

    private final Map<String, Flag> known = new TreeMap<>();
    private final Map<String, String> aliases = new TreeMap<>();
    private final Map<String, String> values = new TreeMap<>();
    private final Set<String> given = new TreeSet<>();
    private final Set<String> lists = new TreeSet<>();
    private boolean mixed;

    public Flags bool(String name, boolean initial, String help) {
        String text = Boolean.toString(initial);
        return add(new Flag(name, text, true, help, text, Flags::booleanText));
    }

    /// A boolean whose wrong values are refused in the words of Go's number parser, as some are there.
    Flags parsedBool(String name, boolean initial, String help) {
        String shown = Boolean.toString(initial);
        return add(
                new Flag(
                        name,
                        shown,
                        true,
                        help,
                        shown,
                        text -> {
                            try {
                                return booleanText(text);
                            } catch (IllegalArgumentException e) {
                                throw new IllegalArgumentException(
                                        "strconv.ParseBool: parsing "
                                                + GoText.quote(text)
                                                + ": invalid syntax",
                                        e);
                            }
                        }));
    }

    /// A boolean that scripts may state, but not change.
    Flags onlyTrue(String name, String help) {
        return add(
                new Flag(
                        name,
                        "true",
                        true,
                        help,
                        "true",
                        text -> {
                            if (!text.equals("true")) {
                                throw new IllegalArgumentException(
                                        "unsupported value; only 'true' is allowed");
                            }
                            return text;
                        }));
    }

    /// A boolean of which only matters whether and how it was given.
    Flags optionalBool(String name, String help) {
        return add(new Flag(name, "false", true, help, "", Flags::booleanText));
    }

    public Flags text(String name, String initial, String help) {
        return checked(name, initial, help, UnaryOperator.identity());
    }

    /// Parts separated by commas; given several times it has the parts of all.
    public Flags list(String name, String help) {
        lists.add(name);
        return text(name, "", help);
    }

    /// A text that `reader` turns into its final form or refuses.
    public Flags checked(String name, String initial, String help, UnaryOperator<String> reader) {
        return add(new Flag(name, initial, false, help, initial, reader));
    }

    public Flags number(String name, long initial, String help) {
        String text = Long.toString(initial);
        return add(new Flag(name, text, false, help, text, GoNumber::signed));
    }

    /// A port or a version: no negative numbers, and zero counts as not given.
    Flags unsigned(String name, String help) {
        return add(new Flag(name, "0", false, help, "", GoNumber::unsigned));
    }

    /// A span of time in Go's form, such as `1m30s`.
    public Flags duration(String name, String initial, String help) {
        return add(
                new Flag(
                        name,
                        initial,
                        false,
                        help,
                        initial,
                        text ->
                                GoDuration.parse(text)
                                        .map(ignored -> text)
                                        .orElseThrow(() ->
                                                new IllegalArgumentException("parse error"))));
    }

    /// Another spelling of a flag; help has it only if it is one letter and flags are [#mixed].
    public Flags alias(String alias, String name) {
        aliases.put(alias, name);
        return this;
    }

    /// Lets flags stand behind other words as well and be given again, and the value of a one-letter flag stand at once behind it, as most programs do.
    public Flags mixed() {
        mixed = true;
        return this;
    }

    private Flags add(Flag flag) {
        known.put(flag.name(), flag);
        values.put(flag.name(), flag.initial());
        return this;
    }

    /// Reads flags up to the first other word and gives back what follows them; with [#mixed] it gives back all other words.
    ///
    /// @throws UsageException for a flag that does not exist, is wrong, or asks for help
    List<String> parse(List<String> words) throws UsageException {
        List<String> others = new ArrayList<>();
        int next = 0;
        while (next < words.size()) {
            String word = words.get(next);
            boolean isFlag = word.length() >= 2 && word.charAt(0) == '-';
            if (!isFlag && !mixed) {
                break;
            }
            next++;
            if (!isFlag) {
                others.add(word);
                continue;
            }
            if (word.equals("--")) {
                break;
            }
            if (takesNextWord(word)) {
                String name = bare(word);
                if (next == words.size()) {
                    throw new UsageException("flag needs an argument: -" + name);
                }
                set(name, words.get(next++));
            }
        }
        others.addAll(words.subList(next, words.size()));
        return others;
    }

    /// Sets the flag that stands in `word`, unless its value is the next word.
    private boolean takesNextWord(String word) throws UsageException {
        String text = bare(word);
        int equals = text.indexOf('=');
        if (text.isEmpty() || text.charAt(0) == '-' || equals == 0) {
            throw new UsageException("bad flag syntax: " + word);
        }
        String name = equals < 0 ? text : text.substring(0, equals);
        Flag flag = known.get(aliases.getOrDefault(name, name));
        if (flag == null && mixed && setGlued(word)) {
            return false;
        }
        if (flag == null) {
            if (name.equals("h") || name.equals("help")) {
                throw UsageException.help();
            }
            throw new UsageException("flag provided but not defined: -" + name);
        }
        if (equals >= 0) {
            set(name, text.substring(equals + 1));
        } else if (flag.isBoolean()) {
            set(name, "true");
        } else {
            return true;
        }
        return false;
    }

    /// One dash, one letter, and its value at once behind it: `-ojson`.
    private boolean setGlued(String word) throws UsageException {
        String letter = word.substring(1, 2);
        Flag flag = known.get(aliases.getOrDefault(letter, letter));
        if (flag == null || flag.isBoolean()) {
            return false;
        }
        set(letter, word.substring(2));
        return true;
    }

    private static String bare(String word) {
        return word.substring(word.startsWith("--") ? 2 : 1);
    }

    private void set(String spelling, String text) throws UsageException {
        Flag flag = flag(aliases.getOrDefault(spelling, spelling));
        try {
            boolean again = !given.add(flag.name());
            if (again && !mixed) {
                throw new IllegalArgumentException("flag provided multiple times");
            }
            String value = flag.reader().apply(text);
            boolean added = again && lists.contains(flag.name());
            values.put(flag.name(), added ? values.get(flag.name()) + "," + value : value);
        } catch (IllegalArgumentException e) {
            throw new UsageException(
                    "invalid "
                            + (flag.isBoolean() ? "boolean " : "")
                            + "value "
                            + GoText.quote(text)
                            + " for "
                            + (flag.isBoolean() ? "-" : "flag -")
                            + spelling
                            + ": "
                            + e.getMessage());
        }
    }

    private Flag flag(String name) {
        Flag flag = known.get(name);
        if (flag == null) {
            throw new IllegalArgumentException("this command has no flag " + name);
        }
        return flag;
    }

    public boolean has(String name) {
        return known.containsKey(name);
    }

    public boolean isGiven(String name) {
        return given.contains(name);
    }

    /// The names of the flags that were given, sorted.
    public Collection<String> given() {
        return given;
    }

    /// All flags, sorted by name.
    Collection<Flag> all() {
        return known.values();
    }

    public String text(String name) {
        return values.getOrDefault(flag(name).name(), "");
    }

    public boolean bool(String name) {
        return text(name).equals("true");
    }

    public long number(String name) {
        return Long.parseLong(text(name));
    }

    public Duration duration(String name) {
        return GoDuration.parse(text(name)).orElse(Duration.ZERO);
    }

    /// The flag's one letter as help shows it, where flags are [#mixed]; elsewhere help has one spelling of each.
    String letterOf(Flag flag) {
        return aliases.entrySet().stream()
                .filter(alias -> mixed && alias.getValue().equals(flag.name()))
                .filter(alias -> alias.getKey().length() == 1)
                .map(alias -> "-" + alias.getKey() + ", ")
                .findFirst()
                .orElse("");
    }

    /// The value of a flag, if it was given.
    @Nullable String givenText(String name) {
        return isGiven(name) ? text(name) : null;
    }

    private static String booleanText(String text) {
        return switch (text) {
            case "1", "t", "T", "true", "TRUE", "True" -> "true";
            case "0", "f", "F", "false", "FALSE", "False" -> "false";
            default -> throw new IllegalArgumentException("parse error");
        };
    }
}
