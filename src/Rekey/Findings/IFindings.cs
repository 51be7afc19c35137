namespace Rekey.Findings;

/// <summary>Where findings go: on record, and from there to people. All of it may be repeated.</summary>
public interface IFindings
{
    /// <summary>
    /// Raises a finding. One that is open already is told of again when its <see cref="Finding.Milestone"/> has changed or it has become
    /// worse, and gets newer evidence once an hour at most; one that was closed is opened again, and that is told.
    /// </summary>
    Task RaiseAsync(Finding finding, CancellationToken cancellationToken);

    /// <summary>Closes a finding, and tells of it. Nothing happens when there is none, or it is closed.</summary>
    /// <param name="because">A plain sentence.</param>
    Task CloseAsync(string findingId, string because, CancellationToken cancellationToken);

    /// <summary>
    /// Closes every open finding of a kind that was not seen again: for whoever has just looked at all that such a finding may be about.
    /// </summary>
    /// <param name="about">What the subject of each begins with; empty for all.</param>
    /// <param name="seen">Ids of those that are still so.</param>
    /// <param name="because">A plain sentence.</param>
    Task CloseOthersAsync(string kind, string about, IReadOnlyCollection<string> seen, string because, CancellationToken cancellationToken);
}
