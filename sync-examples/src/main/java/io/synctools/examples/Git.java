package io.synctools.examples;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.exec.CommandLine;
import org.apache.commons.exec.DefaultExecutor;
import org.apache.commons.exec.ExecuteWatchdog;
import org.apache.commons.exec.PumpStreamHandler;

/**
 * The history of the repository that a folder lies in, read by the program {@code git}.
 *
 * <p>Only commands that neither write nor start anything which the repository's configuration names, and that contact
 * nobody; so the repository may belong to somebody else, as checkouts in containers do. Not thread-safe.
 */
final class Git {
    private static final Duration LONGEST = Duration.ofMinutes(2);

    private final Path folder;
    private final Map<String, String> environment;

    /**
     * The repository around a folder.
     *
     * @param environment of the process; variables that would lead git to another repository are not handed on
     */
    Git(Path folder, Map<String, String> environment) {
        this.folder = folder;
        this.environment = new HashMap<>(environment);
        this.environment.keySet().removeIf(name -> name.startsWith("GIT_"));
        this.environment.put("LC_ALL", "C");
        this.environment.put("GIT_TERMINAL_PROMPT", "0");
        this.environment.put("GIT_ALLOW_PROTOCOL", "none"); // no fetching of what a partial clone lacks
        this.environment.put("GIT_LITERAL_PATHSPECS", "1");
    }

    /** The folder's path in its repository, ended by a slash; empty for the repository's top. */
    String prefix() throws IOException, InterruptedException {
        return text(run("", "rev-parse", "--show-prefix")).replaceFirst("\n$", "");
    }

    /**
     * The commit that a revision names.
     *
     * @throws IOException if it names none that is here
     */
    String commit(String revision) throws IOException, InterruptedException {
        if (revision.isBlank() || revision.startsWith("-")) {
            throw new IOException("it is no revision's name");
        }
        return text(run("", "rev-parse", "--verify", "--end-of-options", revision + "^{commit}"))
                .strip();
    }

    /** The paths of all files that are not the same in two commits. */
    List<String> changed(String from, String to) throws IOException, InterruptedException {
        return zeroEnded(run("", "diff-tree", "-r", "-z", "--name-only", "--no-renames", "--no-ext-diff", from, to));
    }

    /** The contents of a commit's files at some paths; of a path that ends in a slash all files in that folder. */
    Map<String, byte[]> files(String commit, List<String> paths) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("ls-tree", "-z", "--full-tree", commit, "--"));
        arguments.addAll(paths);
        Map<String, String> ids = new LinkedHashMap<>();
        for (String line : zeroEnded(run("", arguments.toArray(String[]::new)))) {
            String[] words = line.substring(0, line.indexOf('\t')).split(" ", -1); // mode, type, id
            if (words[1].equals("blob")) {
                ids.put(line.substring(line.indexOf('\t') + 1), words[2]);
            }
        }
        byte[] contents = run(String.join("\n", ids.values()) + "\n", "cat-file", "--batch");
        Map<String, byte[]> files = new LinkedHashMap<>();
        ByteArrayInputStream in = new ByteArrayInputStream(contents);
        for (String path : ids.keySet()) {
            files.put(path, content(in));
        }
        return files;
    }

    /** One answer of {@code cat-file --batch}: {@code <id> <type> <size>}, the bytes, a line's end. */
    private static byte[] content(ByteArrayInputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            head.append((char) c);
        }
        String[] words = head.toString().split(" ", -1);
        if (words.length != 3) {
            throw new IOException("an object is not here: " + head);
        }
        byte[] bytes = in.readNBytes(Integer.parseInt(words[2]));
        in.read();
        return bytes;
    }

    private byte[] run(String input, String... arguments) throws IOException, InterruptedException {
        CommandLine command = new CommandLine("git");
        // Only what a command line says counts for this one: it is our question, whoever owns the files.
        Stream.concat(
                        Stream.of("-C", folder.toString(), "-c", "safe.directory=*", "-c", "core.fsmonitor=false"),
                        Stream.of(arguments))
                .forEach(argument -> command.addArgument(argument, false));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        DefaultExecutor executor = DefaultExecutor.builder()
                .setExecuteStreamHandler(new PumpStreamHandler(
                        out, err, new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8))))
                .get();
        executor.setExitValues(null);
        executor.setWatchdog(ExecuteWatchdog.builder().setTimeout(LONGEST).get());
        int exit = executor.execute(command, environment);
        if (exit == DefaultExecutor.INVALID_EXITVALUE) { // so it tells that it was interrupted
            throw new InterruptedException();
        }
        if (exit != 0) {
            throw new IOException("git " + arguments[0] + ": "
                    + text(err.toByteArray()).lines().findFirst().orElse("exit status " + exit));
        }
        return out.toByteArray();
    }

    private static List<String> zeroEnded(byte[] output) {
        return Stream.of(text(output).split("\0", -1))
                .filter(part -> !part.isEmpty())
                .toList();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
