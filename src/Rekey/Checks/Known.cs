namespace Rekey.Checks;

/// <summary>A fact that the app asked for: its value, or why it could not be had.</summary>
/// <param name="Failure">Why there is no value; null when there is one.</param>
public sealed record Known<T>(T? Value, string? Failure)
{
    /// <summary>A fact that is known.</summary>
    public static implicit operator Known<T>(T value) => new(value, Failure: null);
}
