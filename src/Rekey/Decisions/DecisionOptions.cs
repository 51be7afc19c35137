namespace Rekey.Decisions;

/// <summary>How long people have to answer.</summary>
public sealed class DecisionOptions
{
    /// <summary>How long a decision stays open; then it carries itself out or lapses, as it says.</summary>
    /// <remarks>Four hours: long enough for whoever is on call, short enough that a stolen key does not live through a night.</remarks>
    public TimeSpan TimeToAnswer { get; set; } = TimeSpan.FromHours(4);

    /// <summary>Every mistake in these settings.</summary>
    public IEnumerable<string> Validate()
    {
        if (TimeToAnswer < TimeSpan.FromMinutes(1))
        {
            yield return "Decisions:TimeToAnswer must be a minute at least: nobody could answer.";
        }
    }
}
