package io.synctools.skopeo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.model.SyncOptions;
import io.synctools.skopeo.CommandRunner.Finished;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryCredentialsTest {
    private static final ImageRepository CANN = ImageRepository.parse("quay.io/ascend/cann");

    private final Path home;
    private final Map<String, String> environment = new HashMap<>();
    private final ScriptedRunner runner = new ScriptedRunner();

    RegistryCredentialsTest(@TempDir Path home) {
        this.home = home;
        environment.put("HOME", home.toString());
    }

    @Test
    void theHostsOwnVariablesComeFirst() throws Exception {
        environment.put("QUAY_IO_USER", "own");
        environment.put("QUAY_IO_PASSWORD", "p:w \"$`");
        environment.put("QUAY_ASCEND_USER", "old");
        environment.put("QUAY_ASCEND_PWD", "old");
        assertEquals(Optional.of(Login.password("own", "p:w \"$`")), find("quay.io/ascend/cann"));
    }

    @Test
    void thenTheNamesOfTheOldJobs() throws Exception {
        environment.put("SWR_HK_USER", "hk");
        environment.put("SWR_HK_SECRET", "s");
        environment.put("DOCKERHUB_USER", "hub");
        environment.put("DOCKERHUB_PWD", "h");
        assertEquals(Optional.of(Login.password("hk", "s")), find("swr.ap-southeast-1.myhuaweicloud.com/base_image/x"));
        assertEquals(Optional.of(Login.password("hub", "h")), find("docker.io/lmsysorg/sglang"));
        assertEquals(Optional.empty(), find("quay.io/ascend/cann"));
    }

    @Test
    void variableNamesAreMadeOfTheHostAndItsPort() {
        assertEquals(
                List.of("SWR_CN_EAST_4_MYHUAWEICLOUD_COM_USER", "SWR_CN_EAST_4_MYHUAWEICLOUD_COM_PASSWORD"),
                RegistryCredentials.variables("swr.cn-east-4.myhuaweicloud.com"));
        assertEquals(
                List.of("_127_0_0_1_5000_USER", "_127_0_0_1_5000_PASSWORD"),
                RegistryCredentials.variables("127.0.0.1:5000"));
    }

    @Test
    void halfAPairIsNoLoginButIsSaid() throws Exception {
        environment.put("QUAY_IO_USER", "own");
        environment.put("QUAY_IO_PASSWORD", "");
        RegistryCredentials credentials = credentials(Map.of());
        assertEquals(Optional.empty(), credentials.find(CANN));
        assertTrue(credentials.advice("quay.io").contains("QUAY_IO_USER is set, QUAY_IO_PASSWORD is not"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"auth\":\"dTpwYXNz\\r\\nd29yZA==\\n\"}",
                "{\"auth\":\"dTpwYXNzd29yZAAA\"}",
                "{\"username\":\"u\",\"password\":\"password\"}",
                "{\"auth\":\"?\",\"username\":\"u\",\"password\":\"password\"}"
            })
    void entriesAreReadAsToolsWriteThem(String entry) throws Exception {
        Files.createDirectories(home.resolve(".docker"));
        Files.writeString(home.resolve(".docker/config.json"), "{\"auths\":{\"quay.io\":" + entry + "}}");
        assertEquals(Optional.of(Login.password("u", "password")), find("quay.io/ascend/cann"));
    }

    @Test
    void anEntryThatCannotBeReadIsSaidByFileAndHostWithoutWhatItHolds() throws Exception {
        Path file = Files.createDirectories(home.resolve(".docker")).resolve("config.json");
        Files.writeString(file, "{\"auths\":{\"quay.io\":{\"auth\":\"geheim!\"}}}");
        RegistryCredentials credentials = credentials(Map.of());
        assertEquals(Optional.empty(), credentials.find(CANN));
        String advice = credentials.advice("quay.io");
        assertTrue(advice.contains("the entry for quay.io in " + file + " cannot be read"), advice);
        assertTrue(!advice.contains("geheim"), advice);
    }

    @Test
    void theFileOfSkopeoLoginComesBeforeDockers() throws Exception {
        environment.put("XDG_RUNTIME_DIR", home.resolve("run").toString());
        Files.createDirectories(home.resolve(".docker"));
        Files.createDirectories(home.resolve(".config/containers"));
        Files.createDirectories(home.resolve("run/containers"));
        String file = "{\"auths\":{\"quay.io\":{\"username\":\"%s\",\"password\":\"p\"}}}";
        Files.writeString(home.resolve(".docker/config.json"), file.formatted("docker"));
        assertEquals(Optional.of(Login.password("docker", "p")), find("quay.io/ascend/cann"));
        Files.writeString(home.resolve(".config/containers/auth.json"), file.formatted("kept"));
        assertEquals(Optional.of(Login.password("kept", "p")), find("quay.io/ascend/cann"));
        Files.writeString(home.resolve("run/containers/auth.json"), file.formatted("skopeo"));
        assertEquals(Optional.of(Login.password("skopeo", "p")), find("quay.io/ascend/cann"));
        Files.writeString(home.resolve("run/containers/auth.json"), "{\"auths\":{\"docker.io\":{}}}");
        assertEquals(Optional.of(Login.password("kept", "p")), find("quay.io/ascend/cann"));
    }

    @Test
    void theMostSpecificEntryOfAnAuthfileWins() throws Exception {
        Path file = home.resolve("auth.json");
        environment.put("REGISTRY_AUTH_FILE", file.toString());
        Files.writeString(
                file,
                "{\"auths\":{\"quay.io\":" + auth("all:1") + ",\"quay.io/ascend\":" + auth("ascend:2:3")
                        + ",\"quay.io/ascend/other\":" + auth("other:4") + "}}");
        assertEquals(Optional.of(Login.password("ascend", "2:3")), find("quay.io/ascend/cann"));
        assertEquals(Optional.of(Login.password("all", "1")), find("quay.io/ascendant/cann"));
    }

    @Test
    void readsDockersOwnFileInAnySpellingOfDockerHub() throws Exception {
        dockerConfig("{\"auths\":{\"https://index.docker.io/v1/\":" + auth("hub:x") + "}}");
        assertEquals(Optional.of(Login.password("hub", "x")), find("docker.io/lmsysorg/sglang"));
    }

    @Test
    void readsIdentityTokens() throws Exception {
        dockerConfig("{\"auths\":{\"quay.io\":{\"auth\":\"\",\"identitytoken\":\"refresh\"}}}");
        assertEquals(Optional.of(new Login("<token>", "refresh", true)), find("quay.io/ascend/cann"));
    }

    @Test
    void anAuthfileMayNameTheOtherAddress() throws Exception {
        dockerConfig("{\"auths\":{\"127.0.0.1:5000\":" + auth("local:x") + "}}");
        RegistryCredentials credentials = credentials(Map.of("quay.io", "127.0.0.1:5000"));
        assertEquals(Optional.of(Login.password("local", "x")), credentials.find(CANN));
    }

    @Test
    void asksTheHelperOfTheHostBeforeTheStoreAndTheFile() throws Exception {
        dockerConfig("{\"auths\":{\"quay.io\":" + auth("file:x") + "},\"credsStore\":\"desktop\","
                + "\"credHelpers\":{\"quay.io\":\"vault\"}}");
        runner.answer(new Finished(0, "{\"ServerURL\":\"quay.io\",\"Username\":\"u\",\"Secret\":\"s\"}", "", false));
        assertEquals(Optional.of(Login.password("u", "s")), find("quay.io/ascend/cann"));
        assertEquals(List.of("docker-credential-vault", "get"), runner.argv(0));
        assertEquals("quay.io", runner.input(0));
    }

    @Test
    void asksTheStoreForDockerHubByTheNameThatDockerGaveIt() throws Exception {
        dockerConfig("{\"auths\":{\"https://index.docker.io/v1/\":{}},\"credsStore\":\"desktop\"}");
        runner.answer(new Finished(0, "{\"Username\":\"<token>\",\"Secret\":\"s\"}", "", false));
        assertEquals(Optional.of(new Login("<token>", "s", true)), find("docker.io/lmsysorg/sglang"));
        assertEquals("https://index.docker.io/v1/", runner.input(0));
    }

    @Test
    void aStoreThatKnowsNothingOrFailsLeavesTheFile() throws Exception {
        dockerConfig("{\"auths\":{\"quay.io\":" + auth("file:x") + "},\"credsStore\":\"desktop\"}");
        runner.answer(new Finished(1, "credentials not found in native keychain", "", false));
        assertEquals(Optional.of(Login.password("file", "x")), find("quay.io/ascend/cann"));
    }

    @Test
    void aHelperThatCannotBeRunIsNamedInTheAdvice() throws Exception {
        dockerConfig("{\"credHelpers\":{\"quay.io\":\"vault\",\"ghcr.io\":\"../evil\"}}");
        runner.fail(new IOException("no such file"));
        RegistryCredentials credentials = credentials(Map.of());
        assertEquals(Optional.empty(), credentials.find(CANN));
        assertTrue(credentials.advice("quay.io").contains("docker-credential-vault"));
        assertEquals(Optional.empty(), credentials.find(ImageRepository.parse("ghcr.io/a/b")));
        assertEquals(1, runner.count(), "a name with a slash is not run");
    }

    @Test
    void aFileThatCannotBeReadIsNamedAndNotQuoted() throws Exception {
        dockerConfig("{\"auths\":{\"quay.io\":{\"auth\":\"c2VjcmV0OnNlY3JldA==\"");
        RegistryCredentials credentials = credentials(Map.of());
        assertEquals(Optional.empty(), credentials.find(CANN));
        String advice = credentials.advice("quay.io");
        assertTrue(advice.contains("config.json cannot be read as JSON"), advice);
        assertFalse(advice.contains("c2VjcmV0"), advice);
    }

    @Test
    void adviceNamesEverythingThatWasLookedFor() throws Exception {
        environment.put("REGISTRY_AUTH_FILE", "/nowhere/auth.json");
        RegistryCredentials credentials = credentials(Map.of());
        credentials.find(CANN);
        assertEquals(
                "set QUAY_IO_USER and QUAY_IO_PASSWORD (or QUAY_ASCEND_USER and QUAY_ASCEND_PWD), or log in to quay.io"
                        + " in /nowhere/auth.json; there is no file /nowhere/auth.json",
                credentials.advice("quay.io"));
    }

    @Test
    void aLoginNeverPrintsItsSecret() {
        assertFalse(Login.password("u", "secret").toString().contains("secret"));
    }

    private Optional<Login> find(String repository) throws InterruptedException {
        return credentials(Map.of()).find(ImageRepository.parse(repository));
    }

    private RegistryCredentials credentials(Map<String, String> otherAddresses) {
        return new RegistryCredentials(
                RunContext.of(SyncOptions.builder().environment(environment).build()), otherAddresses, runner);
    }

    private void dockerConfig(String json) throws IOException {
        Files.writeString(Files.createDirectories(home.resolve(".docker")).resolve("config.json"), json);
    }

    private static String auth(String userAndPassword) {
        return "{\"auth\":\"" + Base64.getEncoder().encodeToString(userAndPassword.getBytes(StandardCharsets.UTF_8))
                + "\"}";
    }
}
