namespace TransformerByHand.Course;

/// <summary>A problem that the person at the keyboard can mend: its message is the whole report, remedy included.</summary>
internal sealed class CourseException(string message) : Exception(message);
