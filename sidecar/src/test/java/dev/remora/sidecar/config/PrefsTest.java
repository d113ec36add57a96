package dev.remora.sidecar.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.base.MalformedException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrefsTest {
    /// Captured from tailscaled 1.102.5: `GET prefs` of a new daemon, and after `up` with a few flags.
    private static final String NEW =
            "{\"ControlURL\":\"\",\"RouteAll\":false,\"ExitNodeID\":\"\",\"ExitNodeIP\":\"\",\"InternalExitNodePrior\":\"\",\"ExitNodeAllowLANAccess\":false,\"CorpDNS\":true,\"RunSSH\":false,\"RunWebClient\":false,\"WantRunning\":false,\"LoggedOut\":true,\"ShieldsUp\":false,\"AdvertiseTags\":null,\"Hostname\":\"\",\"NotepadURLs\":false,\"AdvertiseRoutes\":null,\"AdvertiseServices\":null,\"Sync\":null,\"NoSNAT\":false,\"NoStatefulFiltering\":true,\"NetfilterMode\":2,\"AutoUpdate\":{\"Check\":true,\"Apply\":null},\"AppConnector\":{\"Advertise\":false},\"PostureChecking\":false,\"NetfilterKind\":\"\",\"RemoteConfig\":false,\"DriveShares\":null}";

    private static final String UP =
            "{\"ControlURL\":\"https://10.77.0.2:443\",\"RouteAll\":false,\"ExitNodeID\":\"\",\"ExitNodeIP\":\"\",\"InternalExitNodePrior\":\"\",\"ExitNodeAllowLANAccess\":false,\"CorpDNS\":false,\"RunSSH\":false,\"RunWebClient\":false,\"WantRunning\":true,\"LoggedOut\":false,\"ShieldsUp\":false,\"AdvertiseTags\":null,\"Hostname\":\"kilo\",\"NotepadURLs\":false,\"AdvertiseRoutes\":null,\"AdvertiseServices\":null,\"Sync\":null,\"NoSNAT\":false,\"NetfilterMode\":0,\"AutoUpdate\":{\"Check\":false,\"Apply\":null},\"AppConnector\":{\"Advertise\":false},\"PostureChecking\":false,\"NetfilterKind\":\"\",\"RemoteConfig\":false,\"DriveShares\":null}";

    private static Map<String, Object> json(String text) throws MalformedException {
        return JsonTree.read(text.getBytes(UTF_8));
    }

    @Test
    void aNewNodeStartsAsTheRealOneDoes() {
        assertThat(JsonTree.compact(Prefs.initial().toTree())).isEqualTo(NEW);
    }

    @Test
    void givesBackWhatItWasGiven() throws Exception {
        assertThat(JsonTree.compact(Prefs.read(json(UP)).toTree())).isEqualTo(UP);
        assertThat(JsonTree.compact(Prefs.read(json(NEW)).toTree())).isEqualTo(NEW);
    }

    @Test
    void onlyWhatTheMaskNamesChanges() throws Exception {
        Prefs prefs = Prefs.read(json(UP));
        assertThat(
                        prefs.patched(json("{\"Hostname\": \"kilo2\", \"HostnameSet\": true}"))
                                .hostname())
                .isEqualTo("kilo2");
        assertThat(prefs.patched(json("{\"Hostname\": \"ignored\"}"))).isEqualTo(prefs);
        assertThat(prefs.patched(json("{\"Nope\": 1, \"NopeSet\": true}"))).isEqualTo(prefs);
        assertThat(
                        prefs.patched(
                                json(
                                        "{\"AdvertiseTags\": [\"tag:a\"], \"AdvertiseTagsSet\": true, \"WantRunningSet\": true}")))
                .satisfies(p -> assertThat(p.advertiseTags()).isEqualTo(List.of("tag:a")))
                .satisfies(p -> assertThat(p.wantRunning()).isFalse());
    }

    /// One of these, kept and given back, makes every official command fail.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"RelayServerStaticEndpoints\":[\"x\"]}",
                "{\"RelayServerStaticEndpoints\":[1]}",
                "{\"RelayServerPort\":65536}",
                "{\"RelayServerPort\":-1}",
                "{\"ExitNodeIP\":\"x\"}",
                "{\"ExitNodeIP\":1}",
                "{\"AdvertiseRoutes\":[\"10.0.0.0\"]}",
                "{\"DriveShares\":[1]}",
                "{\"AutoUpdate\":{\"Check\":1}}",
                "{\"AppConnector\":[]}",
                "{\"AppConnector\":{\"Advertise\":\"x\"}}"
            })
    void aValueOfAnotherKindIsRefused(String text) {
        assertThatThrownBy(() -> Prefs.read(json(text))).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> Prefs.initial().patched(json(text)))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void valuesOfTheRightKindAreKept() throws Exception {
        String text =
                "{\"ExitNodeIP\":\"100.64.0.9\",\"RelayServerPort\":65535,\"RelayServerStaticEndpoints\":[\"192.0.2.1:5\",\"[2001:db8::1]:5\"],\"DriveShares\":[{\"name\":\"a\"}],\"AppConnector\":{\"Advertise\":true}}";
        assertThat(Prefs.read(json(text)).toTree()).containsAllEntriesOf(json(text));
    }

    @Test
    void partsOfAutoUpdateHaveMasksOfTheirOwn() throws Exception {
        Prefs prefs =
                Prefs.initial()
                        .patched(
                                json(
                                        "{\"AutoUpdate\":{\"Apply\":true,\"Check\":false},\"AutoUpdateSet\":{\"ApplySet\":true}}"));
        assertThat(prefs.toTree()).extracting("AutoUpdate").hasToString("{Check=true, Apply=true}");
    }

    @Test
    void anExitNodeIsNamedOneWay() throws Exception {
        Prefs byId =
                Prefs.initial().patched(json("{\"ExitNodeID\":\"n1\",\"ExitNodeIDSet\":true}"));
        Prefs byIp = byId.patched(json("{\"ExitNodeIP\":\"100.64.0.6\",\"ExitNodeIPSet\":true}"));
        assertThat(byIp.exitNodeId()).isEmpty();
        assertThat(byIp.exitNodeIp()).isEqualTo("100.64.0.6");
    }

    @Test
    void refusesWrongTypesInTheWordsOfTheRealDaemon() {
        assertThatThrownBy(() ->
                        Prefs.initial().patched(json("{\"Hostname\": 1, \"HostnameSet\": true}")))
                .hasMessage(
                        "json: cannot unmarshal number into Go struct field MaskedPrefs.Prefs.Hostname of type string");
        assertThatThrownBy(() ->
                        Prefs.initial()
                                .patched(
                                        json(
                                                "{\"AdvertiseRoutes\": [\"10.0.0.1/99\"], \"AdvertiseRoutesSet\": true}")))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> json("{")).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> json("[".repeat(100))).isInstanceOf(MalformedException.class);
    }

    @Test
    void writesTextAsGoDoes() {
        assertThat(JsonTree.compact(Map.of("a", "<b>&\"\\\n\u0001")))
                .isEqualTo("{\"a\":\"\\u003cb\\u003e\\u0026\\\"\\\\\\n\\u0001\"}");
        assertThat(JsonTree.indented(Map.of("a", List.of(1, 2.5, true)), "\t"))
                .isEqualTo("{\n\t\"a\": [\n\t\t1,\n\t\t2.5,\n\t\ttrue\n\t]\n}");
        assertThat(
                        JsonTree.indented(
                                Map.of("a", List.of(), "b", Map.of()).entrySet().stream()
                                        .sorted(Map.Entry.comparingByKey())
                                        .map(e -> e.getValue())
                                        .toList(),
                                "  "))
                .isEqualTo("[\n  [],\n  {}\n]");
    }
}
