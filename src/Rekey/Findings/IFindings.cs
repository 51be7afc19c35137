namespace Rekey.Findings;

/// <summary>Records findings and reports them to people. Every call may be repeated.</summary>
public interface IFindings
{
    /// <summary>Reads the open findings of a kind.</summary>
    Task<IReadOnlyList<Finding>> ReadOpenAsync(string kind, CancellationToken cancellationToken);

    /// <summary>
    /// Raises a finding. An open one is reported again when its <see cref="Finding.Milestone"/> has changed or it has become worse, and
    /// gets newer evidence at most once an hour. An acknowledged one is reported again when it is seen after that time. A closed one is
    /// opened again and reported.
    /// </summary>
    Task RaiseAsync(Finding finding, CancellationToken cancellationToken);

    /// <summary>Closes a finding and reports that. Does nothing when there is none, or it is closed.</summary>
    /// <param name="because">A plain sentence.</param>
    Task CloseAsync(string findingId, string because, CancellationToken cancellationToken);

    /// <summary>Closes every open finding of a kind that was not seen again, after a complete look at all its subjects.</summary>
    /// <param name="about">The prefix of their subjects; empty for all.</param>
    /// <param name="seen">Ids of the findings that are still true.</param>
    /// <param name="because">A plain sentence.</param>
    Task CloseOthersAsync(string kind, string about, IReadOnlyCollection<string> seen, string because, CancellationToken cancellationToken);
}
