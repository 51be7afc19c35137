namespace Rekey.Decisions;

/// <summary>How far the time to answer a question has gone. Each new stage is reported to people again.</summary>
internal static class QuestionStages
{
    public const string Asked = "asked";

    /// <summary>One of the two reminders is due: half the time is over, or the deadline is near.</summary>
    public const string Reminded = "reminded";

    /// <summary>Both reminders are due.</summary>
    public const string RemindedTwice = "reminded-twice";

    /// <summary>The person is back: silence decides nothing.</summary>
    public const string Held = "held";

    /// <summary>The time to answer is over, and that is not on record yet.</summary>
    public const string Over = "over";

    /// <summary>How long before the deadline people are reminded. Half an hour: enough to find an approver.</summary>
    private static readonly TimeSpan BeforeTheEnd = TimeSpan.FromMinutes(30);

    /// <summary>The stage of a question without an answer.</summary>
    public static string Of(Decision question, DateTimeOffset now)
    {
        if (question.IsHeld)
        {
            return Held;
        }

        if (question.IsDue(now))
        {
            return Over;
        }

        var half = question.AskedAt + ((question.ExpiresAt - question.AskedAt) / 2);
        var near = question.ExpiresAt - BeforeTheEnd;
        return (now >= half, now >= near && near > question.AskedAt) switch
        {
            (true, true) => RemindedTwice,
            (false, false) => Asked,
            _ => Reminded,
        };
    }
}
