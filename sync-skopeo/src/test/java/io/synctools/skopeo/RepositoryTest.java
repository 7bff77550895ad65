package io.synctools.skopeo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.model.SyncException;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RepositoryTest {

    @ParameterizedTest
    @CsvSource({
        "quay.io/ascend/cann, quay.io/ascend/cann",
        "docker.io/ubuntu, docker.io/library/ubuntu",
        "index.docker.io/lmsysorg/sglang, docker.io/lmsysorg/sglang",
        "Registry-1.Docker.IO/a/b, docker.io/a/b",
        "localhost/a, localhost/a",
        "127.0.0.1:5000/a/b_c__d-e.f, 127.0.0.1:5000/a/b_c__d-e.f",
        "[::1]:5000/a, [::1]:5000/a"
    })
    void readsHostAndName(String text, String expected) {
        assertEquals(expected, ImageRepository.parse(text).toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ubuntu",
                "ascend/cann",
                "quay.io/",
                "quay.io/Ascend/cann",
                "quay.io/a:latest",
                "quay.io/a@sha256:0",
                "quay.io/../a",
                "quay.io//a",
                "quay.io/a/",
                "--policy=x.y/a",
                "quay.io/-a",
                "user@quay.io/a",
                "https://quay.io/a",
                "quay.io/a b"
            })
    void refusesWhatIsNoRepository(String text) {
        SyncException refused = assertThrows(SyncException.class, () -> ImageRepository.parse(text));
        assertTrue(refused.getMessage().contains("\"" + text + "\""), refused.getMessage());
    }

    @Test
    void dockerHubHasAnotherHostForItsApi() {
        Endpoint endpoint = Endpoint.of("docker.io", Map.of(), Set.of());
        assertEquals("docker.io", endpoint.authority());
        assertEquals(
                "https://registry-1.docker.io/v2/library/x/tags/list",
                endpoint.api("https", "library/x/tags/list").toString());
    }

    @Test
    void anotherAddressStandsForTheHostEverywhere() {
        Endpoint endpoint = Endpoint.of("docker.io", Map.of("docker.io", "127.0.0.1:5000"), Set.of());
        assertEquals("127.0.0.1:5000", endpoint.authority());
        assertEquals("127.0.0.1:5000", endpoint.apiAuthority());
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:5000, true",
        "localhost, true",
        "localhost:1, true",
        "[::1]:5000, true",
        "10.0.0.1:5000, false",
        "127.0.0.1.example.com, false",
        "localhost.example.com, false"
    })
    void onlyThisMachineMaySpeakPlainHttp(String host, boolean loopback) {
        assertEquals(loopback, Endpoint.of(host, Map.of(), Set.of()).mayBePlain());
    }
}
