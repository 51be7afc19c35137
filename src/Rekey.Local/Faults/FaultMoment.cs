namespace Rekey.Local.Faults;

/// <summary>Before the work is done, or after it and before the answer.</summary>
internal enum FaultMoment
{
    Before,
    After,
}
