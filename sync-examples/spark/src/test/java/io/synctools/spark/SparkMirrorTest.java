package io.synctools.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.standin.Hub;
import io.synctools.standin.HubFile;
import io.synctools.standin.HubRepository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SparkMirrorTest {
    @TempDir
    Path folder;

    @Test
    void eachModelIsMirroredByATaskAndTheReportsComeBack() throws Exception {
        List<HubRepository> repositories = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            repositories.add(
                    HubRepository.of("models/acme/m" + i, List.of(HubFile.random("model.safetensors", 50_000 + i, i))));
        }
        SparkConf conf = new SparkConf()
                .setMaster("local[2]")
                .setAppName("mirror")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.bindAddress", "127.0.0.1")
                .set("spark.driver.host", "127.0.0.1");
        try (Hub hub = Hub.start(Hub.Options.PLAIN, repositories);
                JavaSparkContext spark = new JavaSparkContext(conf)) {
            List<String> reports = SparkMirror.mirror(
                    spark,
                    List.of("acme/m0", "acme/m1", "acme/m2", "acme/m3", "acme/none"),
                    folder.toString(),
                    Map.of("MODELSCOPE_ENDPOINT", hub.origin().toString()));
            assertEquals(5, reports.size());
            for (int i = 0; i < 4; i++) {
                assertTrue(reports.get(i).contains("\"outcome\" : \"COPIED\""), reports.get(i));
                assertEquals(50_000 + i, Files.size(folder.resolve("models/acme/m" + i + "/model.safetensors")));
            }
            assertTrue(reports.get(4).contains("NOT_FOUND"), reports.get(4));
            assertEquals(200_006, hub.bytes());
        }
    }
}
