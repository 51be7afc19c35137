namespace Rekey.Findings;

/// <summary>Where findings go: kept, ledgered and announced. Raising one again only moves <see cref="Finding.LastSeen"/>.</summary>
public interface IFindings
{
    Task RaiseAsync(Finding finding, CancellationToken cancel);
}
