using Rekey.Trust;

namespace Rekey.Rotations.Steps;

/// <summary>The answer when no log is connected: unknown.</summary>
public sealed class NoSigningLog : ISigningActivity
{
    public Task<SigningActivity> SinceAsync(
        SigningKey key,
        IReadOnlyList<string> versions,
        DateTimeOffset since,
        CancellationToken cancellationToken
    ) => Task.FromResult(SigningActivity.Unknown);
}
