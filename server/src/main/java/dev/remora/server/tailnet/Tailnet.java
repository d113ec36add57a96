package dev.remora.server.tailnet;

import dev.remora.base.IpPrefix;
import dev.remora.crypto.MachineKey;
import dev.remora.crypto.NodeKey;
import dev.remora.proto.control.DnsConfig;
import dev.remora.proto.control.MapRequest;
import dev.remora.proto.control.RegisterRequest;
import dev.remora.proto.control.RegisterResponse;
import dev.remora.proto.control.UserProfile;
import dev.remora.server.model.Node;
import dev.remora.server.model.User;
import dev.remora.server.policy.PolicyException;
import dev.remora.server.policy.View;
import dev.remora.server.store.AuditEntry;
import dev.remora.server.store.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One tailnet: its users, nodes, keys and policy, and everything that may happen to them. May be used by any thread;
/// reading never waits.
public final class Tailnet implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Tailnet.class);
    private static final Duration FLUSH_AFTER = Duration.ofSeconds(3);
    private static final Duration SEEN_EVERY = Duration.ofMinutes(5);

    private final TailnetSettings settings;
    private final Books books;
    private final Agenda agenda;
    private final Routers routers;
    private final Attendance attendance;
    private final Presence presence;
    private final Reports reports;
    private final Registrations registrations;
    private final Users users;
    private final AuthKeys authKeys;
    private final Nodes nodes;
    private final Logins logins;
    private final PolicyDesk policy;

    private volatile DnsConfig dns;
    private volatile RelayMaps relays = RelayMaps.EMPTY;

    private Tailnet(
            TailnetSettings settings,
            Books books,
            Clock clock,
            RandomGenerator random,
            ScheduledExecutorService timers) {
        this.settings = settings;
        this.books = books;
        agenda = new Agenda(clock, timers);
        attendance = new Attendance();
        routers = new Routers(settings, books, attendance);
        Names names = new Names(books, attendance);
        Lifetimes lifetimes =
                new Lifetimes(books, agenda, routers, settings.ephemeralAfter(), attendance);
        presence =
                new Presence(
                        books,
                        agenda,
                        routers,
                        lifetimes,
                        names,
                        attendance,
                        settings.offlineAfter());
        Approvals approvals = new Approvals(books.rules());
        reports = new Reports(books, names, approvals);
        Joining joining = new Joining(settings, books, names, approvals);
        PendingLogins pending = new PendingLogins(settings, agenda, clock, random);
        registrations = new Registrations(settings, books, joining, pending);
        authKeys = new AuthKeys(books, random);
        users = new Users(books, authKeys);
        nodes = new Nodes(books, routers, approvals);
        logins = new Logins(books, pending, joining);
        policy = new PolicyDesk(books);
        dns =
                new DnsConfig(
                        null,
                        null,
                        null,
                        List.of(settings.baseDomain()),
                        true,
                        null,
                        null,
                        null,
                        null);
    }

    /// Opens what the storage holds; the storage is closed with the tailnet. Everybody is away at first, and nobody is told.
    ///
    /// @param random hard to guess: keys and the addresses of login pages come from it
    public static Tailnet open(
            TailnetSettings settings,
            Storage storage,
            Clock clock,
            RandomGenerator random,
            ScheduledExecutorService timers)
            throws IOException, PolicyException {
        Books books = Books.open(storage, clock);
        Tailnet tailnet = new Tailnet(settings, books, clock, random, timers);
        books.whenUnkept(tailnet::flushLater);
        tailnet.noteSeenLater();
        return tailnet;
    }

    /// With what comes meanwhile, but not later because of it.
    private void flushLater() {
        agenda.putIfAbsent(Agenda.Kind.FLUSH, this, FLUSH_AFTER, this::flush);
    }

    private void noteSeenLater() {
        agenda.after(
                Agenda.Kind.LAST_SEEN,
                this,
                SEEN_EVERY,
                () -> {
                    presence.noteSeen();
                    noteSeenLater();
                });
    }

    private void flush() {
        try {
            books.flush();
        } catch (IOException e) {
            LOG.warn("what nodes told is not stored yet: {}", e.getMessage());
            flushLater();
        }
    }

    // --- what clients do

    /// Answers a registration, refusals included. A wait for a person lasts until there is a verdict; an interrupt ends it.
    public RegisterResponse register(MachineKey machine, RegisterRequest request)
            throws InterruptedException, Overloaded {
        return registrations.register(machine, request);
    }

    /// The node with this key, unless it is another machine's.
    public Optional<Node> node(MachineKey machine, NodeKey key) {
        return books.roster().node(key).filter(node -> node.keys().machine().equals(machine));
    }

    /// Takes in what a node tells with a map request.
    public void report(long nodeId, MapRequest request) {
        reports.report(nodeId, request);
    }

    /// The node waits for changes from now on, and is online.
    public Poll pollOpened(long nodeId) {
        return presence.open(nodeId);
    }

    /// Whether a member has this key that is approved and whose key has not run out. For relays: from memory.
    public boolean knows(NodeKey key) {
        return books.roster()
                .node(key)
                .map(Node::membership)
                .filter(as -> as.authorized() && !as.expired(books.clock().instant()))
                .isPresent();
    }

    // --- what there is

    public TailnetSettings settings() {
        return settings;
    }

    public Collection<Node> nodes() {
        return books.roster().nodes();
    }

    public Optional<Node> node(long id) {
        return books.roster().node(id);
    }

    public boolean online(long id) {
        return attendance.online(id);
    }

    public Optional<User> user(long id) {
        return books.roster().user(id);
    }

    /// Whose the node is, as clients show it; tagged nodes are a user's who does not exist.
    public UserProfile profile(Node node) {
        return Answers.profile(node, books.roster());
    }

    /// A person, as clients show one.
    public Optional<UserProfile> profile(long user) {
        return user(user).map(Answers::profile);
    }

    /// The numbers of the nodes, this one among them, that clients show as the same owner's.
    public Set<Long> nodesOfOwner(Node node) {
        return books.roster().nodesOfOwner(node);
    }

    /// With a dot at the end.
    public String fqdn(Node node) {
        return node.name().label() + "." + settings.baseDomain() + ".";
    }

    /// What the node may know and let in.
    public View view(long nodeId) {
        return books.rules().view(nodeId);
    }

    /// What the node routes now: approved, announced and, except for exit routes, by nobody else.
    public List<IpPrefix> servedRoutes(long nodeId) {
        return node(nodeId).map(routers::served).orElse(List.of());
    }

    /// Without what concerns one node alone.
    public DnsConfig dns() {
        return dns;
    }

    /// Tells nodes only if it is another.
    public void dns(DnsConfig next) {
        books.announce(() -> {
            boolean same = next.equals(dns);
            dns = next;
            return same ? List.of() : List.of(new Change.DnsChanged());
        });
    }

    public RelayMaps relays() {
        return relays;
    }

    /// Tells nodes only if it is another.
    public void relays(RelayMaps next) {
        books.announce(() -> {
            boolean same = next.equals(relays);
            relays = next;
            return same ? List.of() : List.of(new Change.DerpMapChanged());
        });
    }

    public void listen(ChangeListener listener) {
        books.listen(listener);
    }

    // --- what people do

    public Users users() {
        return users;
    }

    public AuthKeys authKeys() {
        return authKeys;
    }

    public Nodes nodesAdmin() {
        return nodes;
    }

    public Logins logins() {
        return logins;
    }

    public PolicyDesk policy() {
        return policy;
    }

    /// The newest entries of the audit log first.
    public List<AuditEntry> audit(int atMost) throws IOException {
        return books.storage().audit(atMost);
    }

    /// Copies everything into a new file, with what was told a moment ago.
    public void backup(Path target) throws IOException {
        books.flush();
        books.storage().backup(target);
    }

    /// Fails when the storage cannot be reached.
    public void check() throws IOException {
        books.storage().check();
    }

    /// Keeps what is not kept yet and closes the storage.
    @Override
    public void close() throws IOException {
        agenda.close();
        presence.noteSeen();
        try {
            books.flush();
        } finally {
            books.storage().close();
        }
    }
}
