namespace Rekey.Tests.Exposures;

/// <summary>A sign-in, as the view has it.</summary>
public sealed record SignInRow(
    DateTimeOffset At,
    string Log,
    string Oid,
    string AppId = "",
    string Resource = "vault",
    string Result = "0"
);
