package dev.remora.server.tailnet;

/// How a tag may look.
final class Tags {
    private static final String FORM = "tag:[a-zA-Z][a-zA-Z0-9-]{0,62}";

    private Tags() {}

    static void refuseMalformed(String tag) throws Refused {
        if (!tag.matches(FORM)) {
            throw new Refused(
                    "'" + tag + "' is no tag: it is tag: and a letter, then letters, digits and -");
        }
    }
}
