using Rekey.Trust;

namespace Rekey.Rotations.Steps;

/// <summary>No log is connected: the honest answer is that nobody can tell.</summary>
public sealed class NoSigningLog : ISigningActivity
{
    public Task<SigningActivity> SinceAsync(
        SigningKey key,
        IReadOnlyList<string> versions,
        DateTimeOffset since,
        CancellationToken cancellationToken
    ) => Task.FromResult(SigningActivity.Unknown);
}
