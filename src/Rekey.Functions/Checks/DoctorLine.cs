namespace Rekey.Functions.Checks;

/// <summary>One check.</summary>
/// <param name="Name">What is checked.</param>
/// <param name="State"><c>Ok</c>; <c>Act</c>: a person must do something; <c>Unknown</c>: the app could not find out.</param>
/// <param name="Says">What the app sees.</param>
/// <param name="Do">What to run; null when nothing is to be done.</param>
public sealed record DoctorLine(string Name, string State, string Says, string? Do);
