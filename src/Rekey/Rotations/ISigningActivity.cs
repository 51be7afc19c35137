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

/// <summary>Looks into the logs of issuances (by kid) and of the vault's KeySign operations (by version).</summary>
public interface ISigningActivity
{
    /// <summary>Whether any of these versions was used from that time on, by the events' own time.</summary>
    /// <remarks>
    /// <para><see cref="SigningActivity.Some"/>: a successful KeySign with one of the versions, or an issuance under the kid of one, at or after <paramref name="since"/> has
    /// arrived. This goes before everything else: one row is proof, however many holes the log has, and however young the row is.</para>
    /// <para><see cref="SigningActivity.None"/>: none has arrived, and the logs are known to be whole from <paramref name="since"/> up to <c>LogLag</c> ago: diagnostics
    /// were on all the time, and every source that writes there has been heard of since, by rows of other keys or a heartbeat. A query that
    /// merely returns no rows is not that. Of what is younger than <c>LogLag</c> nothing need be known: the caller asks about a window that ends there,
    /// once one of a whole <c>LogLag</c> can have passed; before that its only question is whether the log can tell at all.</para>
    /// <para><see cref="SigningActivity.Unknown"/>: everything else. No versions at all are <see cref="SigningActivity.None"/>.</para>
    /// </remarks>
    /// <param name="versions">The vault's versions, 32 hex digits; with <c>KidForm.Thumbprint</c> the issuances bear their thumbprints as kid.</param>
    /// <param name="since">Never in the future.</param>
    /// <exception cref="RetryLaterException">The logs cannot be reached now.</exception>
    Task<SigningActivity> SinceAsync(SigningKey key, IReadOnlyList<string> versions, DateTimeOffset since, CancellationToken cancel);
}

/// <summary>No log is connected: the honest answer is that nobody can tell.</summary>
public sealed class NoSigningLog : ISigningActivity
{
    public Task<SigningActivity> SinceAsync(SigningKey key, IReadOnlyList<string> versions, DateTimeOffset since, CancellationToken cancel) =>
        Task.FromResult(SigningActivity.Unknown);
}
