package dev.remora.lab.peers;

import dev.remora.lab.run.Await;
import dev.remora.lab.run.LabException;
import dev.remora.lab.run.LabProcess;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A login by a page that somebody has to approve: the command shows it, and waits.
public final class PageLogin {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Pattern PAGE = Pattern.compile("https://\\S+/register/(\\S+)");
    private static final AtomicInteger LOGINS = new AtomicInteger();

    private final TailnetDaemon node;
    private final ControlServer control;
    private final LabProcess command;
    private final Matcher page;

    private PageLogin(TailnetDaemon node, ControlServer control, LabProcess command) {
        this.node = node;
        this.control = control;
        this.command = command;
        this.page =
                Await.value(
                        "the page of a login",
                        SOON,
                        () -> Optional.of(PAGE.matcher(command.log())).filter(Matcher::find));
    }

    /// Runs `up` until it shows its page.
    public static PageLogin begin(TailnetDaemon node, ControlServer control, String... flags) {
        String name = "login" + LOGINS.incrementAndGet();
        return new PageLogin(node, control, node.logIn(control, name, flags));
    }

    public String url() {
        return page.group();
    }

    /// What the server's commands call it.
    public String id() {
        return page.group(1);
    }

    public LabProcess command() {
        return command;
    }

    /// Somebody lets it in as this user; returns when it runs.
    public void approveAs(String user) {
        control.approve(id(), user);
        if (command.awaitExit(SOON) != 0) {
            throw new LabException("the login failed: " + command.log());
        }
        node.awaitRunning();
    }
}
