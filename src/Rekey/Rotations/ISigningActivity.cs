using Rekey.Trust;

namespace Rekey.Rotations;

/// <summary>Whether a version still signs.</summary>
public enum SigningActivity
{
    /// <summary>A log that was complete over the whole time shows none.</summary>
    None,

    /// <summary>There were signatures or issuances.</summary>
    Some,

    /// <summary>There is no log, or it has a hole: nobody can tell.</summary>
    Unknown,
}

/// <summary>Looks into issuance and audit logs.</summary>
public interface ISigningActivity
{
    Task<SigningActivity> SinceAsync(SigningKey key, IReadOnlyList<string> versions, DateTimeOffset since, CancellationToken cancel);
}

/// <summary>No log is connected: the honest answer is that nobody can tell.</summary>
public sealed class NoSigningLog : ISigningActivity
{
    public Task<SigningActivity> SinceAsync(SigningKey key, IReadOnlyList<string> versions, DateTimeOffset since, CancellationToken cancel) =>
        Task.FromResult(SigningActivity.Unknown);
}
