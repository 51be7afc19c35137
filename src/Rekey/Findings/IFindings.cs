namespace Rekey.Findings;

/// <summary>Where findings go: kept, ledgered and announced. All of it may be repeated.</summary>
public interface IFindings
{
    /// <summary>
    /// Raises a finding. One that is open already gets the newer evidence and is announced again only when its <see cref="Finding.Milestone"/> has
    /// changed; one that was closed is opened again, and that is announced.
    /// </summary>
    Task RaiseAsync(Finding finding, CancellationToken cancel);

    /// <summary>Closes a finding and announces it. Nothing happens when there is none, or it is closed.</summary>
    /// <param name="because">A plain sentence.</param>
    Task CloseAsync(string findingId, string because, CancellationToken cancel);
}
