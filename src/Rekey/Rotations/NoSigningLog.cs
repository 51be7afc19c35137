using Rekey.Trust;

namespace Rekey.Rotations;

/// <summary>No log is connected: the honest answer is that nobody can tell.</summary>
public sealed class NoSigningLog : ISigningActivity
{
    public Task<SigningActivity> SinceAsync(
        SigningKey key, IReadOnlyList<string> versions, DateTimeOffset since, CancellationToken cancel) =>
        Task.FromResult(SigningActivity.Unknown);
}
