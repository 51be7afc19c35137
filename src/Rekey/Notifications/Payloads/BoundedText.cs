namespace Rekey.Notifications.Payloads;

/// <summary>Shortens texts for receivers that refuse long ones.</summary>
internal static class BoundedText
{
    /// <summary>Gives at most so many characters, and never half of a pair.</summary>
    public static string Of(string text, int most)
    {
        if (text.Length <= most)
        {
            return text;
        }

        var end = char.IsHighSurrogate(text[most - 2]) ? most - 2 : most - 1;
        return $"{text.AsSpan(0, end)}…";
    }
}
