package dev.remora.server.control;

import dev.remora.server.http.Answers;
import dev.remora.server.http.Request;
import dev.remora.server.tailnet.PendingLogin;
import dev.remora.server.tailnet.Tailnet;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;

/// What a person sees who follows the URL of a login: which device waits, and the command that lets it in.
final class RegisterPage {
    static final String PATH = "/register/";

    private static final String STYLE =
            "body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:4rem auto;padding:0 1rem}"
                    + "pre{background:#8882;padding:1rem;border-radius:.4rem;overflow:auto}"
                    + "th{text-align:left;padding-right:1.5rem}:root{color-scheme:light dark}";

    private final Tailnet tailnet;
    private final String program;

    /// @param program how the command begins
    RegisterPage(Tailnet tailnet, String program) {
        this.tailnet = tailnet;
        this.program = program;
    }

    FullHttpResponse page(Request request) {
        String id = request.path().substring(PATH.length());
        return tailnet.logins()
                .find(id)
                .map(login -> page(HttpResponseStatus.OK, "A device waits", waiting(login)))
                .orElseGet(() ->
                        page(
                                HttpResponseStatus.NOT_FOUND,
                                "Nobody waits here",
                                "<p>This login was let in or turned away already, or has"
                                        + " waited for too long. The device shows a new"
                                        + " address when it logs in again.</p>"));
    }

    private String waiting(PendingLogin login) {
        return "<p>This device wants to join the tailnet:</p><table>"
                + row("Name", login.hostname())
                + row("System", login.os())
                + row("Tags", String.join(" ", login.requestedTags()))
                + row("Machine key", login.machine().text())
                + "</table><p>If it is yours, let it in on the server, with your user's name for NAME:"
                + "</p><pre>"
                + escaped(program)
                + " auth register --auth-id "
                + escaped(login.id())
                + " --user NAME</pre><p>If you do not know it, do nothing.</p>";
    }

    private static String row(String name, String value) {
        return value.isEmpty()
                ? ""
                : "<tr><th>" + name + "</th><td>" + escaped(value) + "</td></tr>";
    }

    /// A page in the look of all that people see here.
    ///
    /// @param content what is in it, as HTML
    static FullHttpResponse page(HttpResponseStatus status, String title, String content) {
        FullHttpResponse answer =
                Answers.html(
                        status,
                        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>"
                                + title
                                + "</title><style>"
                                + STYLE
                                + "</style><h1>"
                                + title
                                + "</h1>"
                                + content
                                + "</html>\n");
        answer.headers()
                .set(
                        HttpHeaderNames.CONTENT_SECURITY_POLICY,
                        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store");
        return answer;
    }

    /// Names come from strangers: nothing of them may be markup.
    static String escaped(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.append(c < ' ' ? ' ' : c);
            }
        }
        return out.toString();
    }
}
