package dev.remora.server.http;

import dev.remora.base.IpAddress;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where connections stand that are HTTP still: each of them may turn out to be somebody who only wants to hold a place.
/// When there are too many, of one source or altogether, the one that has stood there longest makes room. So who comes in
/// is always heard, for as long as it takes to say what one wants. Belongs to the server's loop.
final class Lobby {
    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

    private final int most;
    private final int mostPerSource;
    private final News<Source> news;
    private final LinkedHashSet<HttpFront> all = new LinkedHashSet<>();
    private final Map<Source, LinkedHashSet<HttpFront>> bySource = new HashMap<>();

    Lobby(int most, int mostPerSource) {
        this.most = most;
        this.mostPerSource = mostPerSource;
        this.news = new News<>(System::nanoTime);
    }

    void enter(HttpFront front, IpAddress from, TrustedProxies proxies) {
        Source source = Source.of(from);
        LinkedHashSet<HttpFront> same =
                bySource.computeIfAbsent(source, it -> new LinkedHashSet<>());
        if (same.size() >= mostPerSource && !proxies.trusts(from)) {
            if (news.isNew(source)) {
                LOG.info("{} has {} connections that ask for nothing", from, same.size());
            }
            same.getFirst().makeRoom();
        } else if (all.size() >= most) {
            all.getFirst().makeRoom();
        }
        all.add(front);
        front.whenDone(() -> leave(front, source));
        bySource.computeIfAbsent(source, it -> new LinkedHashSet<>()).add(front);
    }

    /// It has become something else, or has gone, and may have left before.
    private void leave(HttpFront front, Source source) {
        if (all.remove(front)) {
            bySource.computeIfPresent(
                    source, (from, same) -> same.remove(front) && same.isEmpty() ? null : same);
        }
    }
}
