namespace Rekey.Rotations.Planning;

/// <summary>
/// The form of a cause of rotations: a departure's id, with its revision after the first; or what it is about and a slash before the
/// version or thumbprint.
/// </summary>
public static class RotationCause
{
    /// <summary>A key version is as old as the settings allow.</summary>
    public const string Age = "age";

    /// <summary>Forged tokens prove that the key is out.</summary>
    public const string ProvenForgery = "forgery";

    public const string LikelyForgery = "forgery-likely";

    public const string SuspectedForgery = "forgery-suspected";

    public static string Of(string kind, string subject) => $"{kind}/{subject}";

    public static bool IsAge(string cause) => KindOf(cause) is Age;

    public static bool IsProvenForgery(string cause) => KindOf(cause) is ProvenForgery;

    /// <summary>The thumbprint of the version that signed forged tokens; null for other causes.</summary>
    public static string? ForgedThumbprintOf(string cause) =>
        KindOf(cause) is ProvenForgery or LikelyForgery or SuspectedForgery ? cause[(KindOf(cause).Length + 1)..] : null;

    /// <summary>The departure's id; null for other causes.</summary>
    public static string? DepartureOf(string cause) => KindOf(cause).Split('~').Length == 3 ? KindOf(cause) : null;

    private static string KindOf(string cause) => cause.Split('/')[0];
}
