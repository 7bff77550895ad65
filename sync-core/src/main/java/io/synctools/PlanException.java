package io.synctools;

import io.synctools.config.ListFault;
import java.util.List;
import java.util.stream.Collectors;

/** A plan that cannot be run as it is: all its faults at once, found before anything was contacted or written. */
public final class PlanException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final transient List<ListFault> faults;

    /** An exception for at least one fault. */
    public PlanException(List<ListFault> faults) {
        super(faults.stream().map(PlanException::line).collect(Collectors.joining("\n")));
        this.faults = List.copyOf(faults);
    }

    /** Each with its place in a list, where it has one. */
    public List<ListFault> faults() {
        return faults;
    }

    private static String line(ListFault fault) {
        return fault.place().file().isEmpty() ? fault.message() : fault.toString();
    }
}
