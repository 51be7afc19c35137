using Rekey.Core;
using Rekey.Trust;

namespace Rekey.Rotations.Steps.Draining;

/// <summary>
/// Every log that shows whether a version still signs. One row in any of them is proof of use. One log that is whole and shows nothing is
/// proof of disuse, unless another shows use.
/// </summary>
public sealed class SigningLogs(IEnumerable<ISigningActivity> logs) : ISigningActivity
{
    private readonly List<ISigningActivity> _logs = [.. logs];

    public string WouldHelp => string.Join(" ", _logs.Select(l => l.WouldHelp));

    public async Task<SigningActivity> SinceAsync(
        SigningKey key,
        IReadOnlyList<string> versions,
        DateTimeOffset since,
        CancellationToken cancellationToken
    )
    {
        var failures = new Failures();
        var answers = new List<SigningActivity>();
        foreach (var log in _logs)
        {
            var (answer, failure) = await failures.AskAsync(() => log.SinceAsync(key, versions, since, cancellationToken));
            if (failure is null)
            {
                answers.Add(answer);
            }
        }

        if (answers.Contains(SigningActivity.Some))
        {
            return SigningActivity.Some;
        }

        // A log that could not be read may show use.
        failures.Throw();
        return answers.Contains(SigningActivity.None) ? SigningActivity.None : SigningActivity.Unknown;
    }
}
