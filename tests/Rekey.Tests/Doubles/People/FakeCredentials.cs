using Rekey.Core;
using Rekey.Departures.CuttingOff;

namespace Rekey.Tests.Doubles.People;

/// <summary>The credentials that people added to applications.</summary>
public sealed class FakeCredentials : IAddedCredentials
{
    public List<(string Person, AddedCredential Credential)> Added { get; } = [];

    /// <summary>The log does not answer.</summary>
    public bool IsSilent { get; set; }

    public Task<IReadOnlyList<AddedCredential>> FindAsync(string personId, CancellationToken cancellationToken) =>
        IsSilent
            ? throw new RetryLaterException("The log does not answer.")
            : Task.FromResult<IReadOnlyList<AddedCredential>>([.. Added.Where(a => a.Person == personId).Select(a => a.Credential)]);
}
