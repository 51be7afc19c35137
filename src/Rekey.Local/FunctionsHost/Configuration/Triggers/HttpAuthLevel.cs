namespace Rekey.Local.FunctionsHost.Configuration.Triggers;

/// <summary>The key that a caller must present.</summary>
public enum HttpAuthLevel
{
    Anonymous,
    Function,
    Admin,
}
