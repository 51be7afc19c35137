namespace Rekey.Decisions;

/// <summary>Settings for decisions.</summary>
public sealed class DecisionOptions
{
    /// <summary>How long a decision stays open; then it is carried out or lapses, as its <c>OnExpiry</c> says.</summary>
    /// <remarks>Four hours: long enough for the person on call, short enough that a stolen key does not survive a night.</remarks>
    public TimeSpan TimeToAnswer { get; set; } = TimeSpan.FromHours(4);

    /// <summary>Lists every mistake in these settings.</summary>
    public IEnumerable<string> Validate()
    {
        if (TimeToAnswer < TimeSpan.FromMinutes(1))
        {
            yield return "Decisions:TimeToAnswer must be a minute at least: otherwise an approver has no time to answer.";
        }
    }
}
